"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const report = data.report;
const main = document.getElementById("main");


/** A custom colour as the canvas wants it: resolved for the scheme in use. */
function color(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.assign(made, attributes);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const whole = (n) => Math.round(n).toLocaleString("en");
const short = (n) =>
  n >= 1e9 ? trim(n / 1e9) + "G" : n >= 1e6 ? trim(n / 1e6) + "M" : n >= 1e4 ? trim(n / 1e3) + "k" : whole(n);
const trim = (n) => (n >= 100 ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(2));
const millis = (n) => (n >= 10000 ? trim(n / 1e3) + " s" : n < 0.1 && n > 0 ? n.toFixed(3) + " ms" : trim(n) + " ms");
const bytes = (n) => (n >= 1048576 ? trim(n / 1048576) + " MiB" : n >= 1024 ? trim(n / 1024) + " KiB" : whole(n) + " B");

function tile(value, label, bad) {
  return element("div", { className: bad ? "tile bad" : "tile" }, element("b", {}, value), element("small", {}, label));
}

function heading() {
  const good = report.problems.length === 0 && !report.voided;
  return element(
    "header",
    {},
    element("h1", {}, "rowcast bench ", element("span", {}, report.mode)),
    element("p", {}, `${report.server} · ${report.started.replace("T", " ")}`),
    element("span", { className: good ? "verdict" : "verdict bad" }, report.voided ? "void" : good ? "passed" : "failed"),
  );
}

function tiles() {
  const c = report.connections;
  const m = report.messages;
  const box = element("div", { className: "tiles" });
  box.append(tile(`${short(c.opened)} / ${short(c.asked)}`, "connections opened", c.opened < c.asked));
  box.append(tile(short(c.perSecond) + "/s", "handshakes"));
  if (c.dropped) box.append(tile(short(c.back), "came back", c.back < c.asked));
  if (m.expected || m.said) box.append(tile(short(m.perSecond) + "/s", m.expected ? "deliveries" : "messages sent"));
  if (m.expected) {
    box.append(tile(millis(report.times.latency.milliseconds.p50), "latency p50"));
    box.append(tile(millis(report.times.latency.milliseconds.p99), "latency p99"));
    box.append(tile(whole(m.missing), `missing of ${short(m.expected)}`, m.missing > 0));
  } else {
    box.append(tile(millis(report.times.connect.milliseconds.p99), "connect p99"));
  }
  const s = report.serverSide;
  if (s.pid) {
    if (s.deliveriesPerCpuSecond) box.append(tile(short(s.deliveriesPerCpuSecond), "deliveries per server CPU-second"));
    else box.append(tile(trim(s.share * 100) + " %", "server CPU, of one core"));
    if (report.mode === "idle") box.append(tile(bytes(s.bytesPerConnection), "server memory per connection"));
  }
  return box;
}

function said() {
  if (!report.problems.length && !report.notes.length) return null;
  return element(
    "ul",
    { className: "said" },
    ...report.problems.map((text) => element("li", { className: "problem" }, text)),
    ...report.notes.map((text) => element("li", {}, text)),
  );
}

const charts = [];

/** A card with a chart that follows the width of its card. */
function chart(title, words, values, options) {
  const card = element("section", {}, element("h2", {}, title), element("p", {}, words));
  charts.push(() => {
    const axis = { stroke: color("soft"), grid: { stroke: color("line"), width: 1 }, ticks: { stroke: color("line"), width: 1 }, font: "12px system-ui, sans-serif" };
    const size = () => ({ width: Math.max(260, card.clientWidth - 36), height: 240 });
    const plot = new uPlot(
      {
        ...size(),
        cursor: { y: false },
        ...options,
        axes: options.axes.map((own) => ({ ...axis, ...own })),
      },
      values,
      card,
    );
    new ResizeObserver(() => plot.setSize(size())).observe(card);
  });
  return card;
}

const bars = (align) => uPlot.paths.bars({ size: [1, Infinity], align, gap: 0 });

/** Equal steps on a logarithmic scale, so that a tail a thousand times slower is seen too. */
function histogram(title, words, shape) {
  const positions = shape.edges.map((_, i) => i);
  return chart(title, words, [positions, shape.counts], {
    scales: { x: { time: false, range: [-0.7, positions.length - 0.3] }, y: { range: (_, low, high) => [0, high * 1.08] } },
    axes: [
      {
        space: 58,
        incrs: [1, 2, 4, 5, 10, 20],
        values: (_, ticks) => ticks.map((i) => (Number.isInteger(i) && shape.edges[i] !== undefined ? millis(shape.edges[i]) : "")),
      },
      { size: 62, values: (_, ticks) => ticks.map(short) },
    ],
    series: [
      { label: "from", value: (_, i) => (i === null ? "" : millis(shape.edges[i])) },
      { label: "count", fill: color("blue"), stroke: color("blue"), width: 0, paths: bars(0), points: { show: false }, value: (_, n) => (n === null ? "" : whole(n)) },
    ],
  });
}

/** The tail, nine by nine: x is how many nines. */
function percentiles(title, words, shape) {
  const points = shape.percentiles.filter(([p]) => p < 100);
  const xs = points.map(([p]) => -Math.log10(1 - p / 100));
  const nines = { 0: "0 %", 1: "90 %", 2: "99 %", 3: "99.9 %", 4: "99.99 %", 5: "99.999 %", 6: "99.9999 %" };
  const ascending = [[], []];
  xs.forEach((x, i) => {
    if (!ascending[0].length || x > ascending[0].at(-1)) {
      ascending[0].push(x);
      ascending[1].push(points[i][1]);
    }
  });
  return chart(title, words, ascending, {
    scales: { x: { time: false, range: [0, Math.max(2, Math.min(6, ascending[0].at(-1) ?? 2))] }, y: { range: (_, low, high) => [0, high * 1.08 || 1] } },
    axes: [
      { space: 70, incrs: [1], values: (_, ticks) => ticks.map((n) => nines[n] ?? "") },
      { size: 70, values: (_, ticks) => ticks.map(millis) },
    ],
    series: [
      { label: "percentile", value: (_, x) => (x === null ? "" : ((1 - 10 ** -x) * 100).toFixed(4).replace(/0+$/, "").replace(/\.$/, "") + " %") },
      { label: "at most", stroke: color("warm"), width: 2, points: { show: false }, value: (_, n) => (n === null ? "" : millis(n)) },
    ],
  });
}

function between(counts) {
  let first = counts.findIndex((n) => n > 0);
  let last = counts.length - 1;
  while (last > first && counts[last] === 0) last--;
  return first < 0 ? [0, -1] : [Math.max(0, first - 1), last];
}

function throughput() {
  const { deliveries, deliverySlice } = report.series;
  const [first, last] = between(deliveries);
  const xs = [];
  const ys = [];
  for (let i = first; i <= last; i++) {
    xs.push(i * deliverySlice);
    ys.push(deliveries[i] / deliverySlice);
  }
  return chart("Throughput", "deliveries per second, over seconds since the beginning", [xs, ys], {
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, high * 1.08 || 1] } },
    axes: [{ values: (_, ticks) => ticks.map((n) => trim(n).replace(/\.?0+$/, "") + " s") }, { size: 62, values: (_, ticks) => ticks.map(short) }],
    series: [
      { label: "at", value: (_, n) => (n === null ? "" : trim(n) + " s") },
      { label: "per second", stroke: color("blue"), fill: color("blue").replace("rgb(", "rgba(").replace(")", ", 0.16)"), width: 2, points: { show: xs.length < 4 }, paths: uPlot.paths.stepped({ align: 1 }), value: (_, n) => (n === null ? "" : short(n)) },
    ],
  });
}

function connecting() {
  const { opens, openMillis, openSlice } = report.series;
  const [first, last] = between(opens);
  const xs = [];
  const open = [];
  const took = [];
  let sum = 0;
  for (let i = first; i <= last; i++) {
    sum += opens[i];
    xs.push((i - first) * openSlice);
    open.push(sum);
    took.push(opens[i] ? openMillis[i] : null);
  }
  return chart("Connecting", "open connections, and the mean time of a handshake, over time", [xs, open, took], {
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, high * 1.08 || 1] }, ms: { range: (_, low, high) => [0, high * 1.25 || 1] } },
    axes: [
      { values: (_, ticks) => ticks.map((n) => trim(n).replace(/\.?0+$/, "") + " s") },
      { size: 62, values: (_, ticks) => ticks.map(short) },
      { scale: "ms", side: 1, size: 66, grid: { show: false }, values: (_, ticks) => ticks.map(millis) },
    ],
    series: [
      { label: "at", value: (_, n) => (n === null ? "" : trim(n) + " s") },
      { label: "open", stroke: color("blue"), width: 2, points: { show: false }, value: (_, n) => (n === null ? "" : whole(n)) },
      { label: "handshake", scale: "ms", stroke: color("warm"), width: 1.5, spanGaps: true, points: { show: false }, value: (_, n) => (n === null ? "" : millis(n)) },
    ],
  });
}

function server() {
  const moments = report.series.moments;
  const xs = moments.map((m) => m.at);
  const cpu = moments.map((m, i) => (i === 0 ? null : ((m.cpu - moments[i - 1].cpu) / Math.max(0.001, m.at - moments[i - 1].at)) * 100));
  return chart("Server", "resident memory, and CPU in percent of one core", [xs, moments.map((m) => m.rss), cpu], {
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, high * 1.08 || 1] }, cpu: { range: (_, low, high) => [0, Math.max(100, high * 1.1)] } },
    axes: [
      { values: (_, ticks) => ticks.map((n) => trim(n).replace(/\.?0+$/, "") + " s") },
      { size: 76, incrs: Array.from({ length: 40 }, (_, i) => 2 ** i), values: (_, ticks) => ticks.map(bytes) },
      { scale: "cpu", side: 1, size: 56, grid: { show: false }, values: (_, ticks) => ticks.map((n) => n + " %") },
    ],
    series: [
      { label: "at", value: (_, n) => (n === null ? "" : trim(n) + " s") },
      { label: "memory", stroke: color("blue"), width: 2, points: { show: false }, value: (_, n) => (n === null ? "" : bytes(n)) },
      { label: "CPU", scale: "cpu", stroke: color("warm"), width: 1.5, points: { show: false }, value: (_, n) => (n === null ? "" : trim(n) + " %") },
    ],
  });
}

function table() {
  const rows = [
    ["Connect", report.times.connect],
    ["Delivery latency", report.times.latency],
    ["Comeback", report.times.comeback],
    ["Commit", report.times.commit],
    ["After commit", report.times.afterCommit],
    ["Loader's own lag", report.loader.lag],
  ].filter(([, timing]) => timing.milliseconds.count > 0);
  const columns = ["min", "mean", "p50", "p90", "p99", "p999", "max"];
  const body = rows.map(([name, timing]) =>
    element(
      "tr",
      {},
      element("td", {}, name),
      element("td", {}, whole(timing.milliseconds.count)),
      ...columns.map((key) => element("td", {}, millis(timing.milliseconds[key]))),
    ),
  );
  return element(
    "section",
    { className: "wide" },
    element("h2", {}, "Times"),
    element("table", {}, element("tr", {}, ...["", "count", ...columns].map((name) => element("th", {}, name.replace("p999", "p99.9")))), ...body),
  );
}

function accounts() {
  const m = report.messages;
  const c = report.connections;
  const row = (...cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
  return element(
    "section",
    { className: "wide" },
    element("h2", {}, "Accounts"),
    element(
      "table",
      {},
      element("tr", {}, ...["messages", "expected", "received", "missing", "duplicate", "out of order", "stray", "other"].map((n) => element("th", {}, n))),
      row("", ...[m.expected, m.received, m.missing, m.duplicates, m.outOfOrder, m.stray, m.other].map(whole)),
      element("tr", {}, ...["connections", "asked", "opened", "failed", "lost", "closed", "unanswered", "dropped"].map((n) => element("th", {}, n))),
      row("", ...[c.asked, c.opened, c.failed, c.lost, c.closed, c.unanswered, c.dropped].map(whole)),
    ),
  );
}

const grid = element("div", { className: "charts" });
const intervals = report.mode === "storm" ? "from the cut to the end of the new handshake" : "from when the message was due to when it was read";
const chosen = report.mode === "storm" && data.comeback.counts.length ? data.comeback : data.latency;
if (chosen.counts.length) {
  grid.append(histogram(report.mode === "storm" ? "Comeback" : "Latency", intervals + "; counts in equal logarithmic steps", chosen));
  grid.append(percentiles("Tail", "the slowest, nine by nine", chosen));
}
if (report.series.deliveries.some((n) => n > 0)) grid.append(throughput());
if (report.series.opens.length) grid.append(connecting());
if (data.connect.counts.length && !data.latency.counts.length) {
  grid.append(histogram("Connect time", "from when the connection was due to the end of its handshake", data.connect));
}
if (report.serverSide.pid) grid.append(server());
grid.append(table(), accounts());

document.title = `rowcast bench ${report.mode} ${report.started}`;
main.append(heading(), tiles(), ...[said()].filter(Boolean), grid, element("details", {}, element("summary", {}, "As text"), element("pre", {}, data.text)));
charts.forEach((draw) => draw());
