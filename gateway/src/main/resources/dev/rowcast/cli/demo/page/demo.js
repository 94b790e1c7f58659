// The demo page. It listens as Rodan's own client does: a message only names what happened to
// which row ({"status", "project", "model", "uuid"}); the row itself is then fetched.
// No message is trusted: whatever arrives is shown as text, never as markup.
'use strict';

const FACILITY = '/ws/rodan?subscribe-broadcast&publish-broadcast&echo';
const HEARTBEAT = '--heartbeat--';
const SILENCE_MS = 13_000; // three missed heartbeats: the line is dead though nobody said so
const MAX_FRAMES = 80;
const MAX_RUNS = 60;
const MAX_KEYS_PER_FETCH = 100; // above it, fetching the whole board is cheaper
const STATUS = {0: 'scheduled', 1: 'processing', 2: 'waiting', 4: 'finished', '-1': 'failed', 9: 'cancelled'};
const FETCHED = new Set(['project', 'workflow', 'workflowrun', 'runjob']);

const $ = (id) => document.getElementById(id);
const statusName = (number) => STATUS[number] ?? 'scheduled';

// ---------------------------------------------------------------- what we know of the database

/** The rows this page shows, by model and uuid; a newer answer never yields to an older one. */
class Rows {
  #tables = new Map([...FETCHED].map((model) => [model, new Map()]));
  #touched = new Map(); // "model uuid" -> the number of the last request or deletion
  #clock = 0;

  of(model) { return this.#tables.get(model); }

  /** A request for this row begins (or the row is gone): earlier answers about it are void. */
  touch(model, uuid) {
    this.#touched.set(`${model} ${uuid}`, ++this.#clock);
    return this.#clock;
  }

  now() { return ++this.#clock; }

  put(model, uuid, row, asked) {
    if (!this.#isNewest(model, uuid, asked)) return;
    if (row) this.of(model).set(uuid, row); else this.of(model).delete(uuid);
  }

  /** The whole board as asked for at `asked`; rows touched since are left to their own answer. */
  replace(listed, asked) {
    const present = new Set();
    for (const {model, uuid, row} of listed) {
      if (!FETCHED.has(model)) continue;
      present.add(`${model} ${uuid}`);
      this.put(model, uuid, row, asked);
    }
    for (const [model, table] of this.#tables) {
      for (const uuid of [...table.keys()]) {
        if (!present.has(`${model} ${uuid}`)) this.put(model, uuid, null, asked);
      }
    }
    for (const [key, at] of this.#touched) if (at < asked) this.#touched.delete(key);
  }

  #isNewest(model, uuid, asked) { return (this.#touched.get(`${model} ${uuid}`) ?? 0) <= asked; }
}

const rows = new Rows();
const wanted = new Map(); // model -> Set of uuids to fetch in the next request
let fetchTimer = 0;
let boardWanted = false;

function want(model, uuid) {
  if (!wanted.has(model)) wanted.set(model, new Set());
  wanted.get(model).add(uuid);
  schedule(20);
}

function wantBoard() {
  boardWanted = true;
  schedule(0);
}

function schedule(ms) {
  if (!fetchTimer) fetchTimer = setTimeout(fetchWanted, ms);
}

// At most one request is under way; what is named meanwhile goes with the next.
async function fetchWanted() {
  const total = [...wanted.values()].reduce((sum, set) => sum + set.size, 0);
  const whole = boardWanted || total > MAX_KEYS_PER_FETCH;
  const keys = whole ? [] : [...wanted].map(([model, set]) => [model, [...set]]);
  boardWanted = false;
  wanted.clear();
  try {
    if (whole) {
      const asked = rows.now();
      const listed = await getJson('/demo/rows');
      rows.replace(listed, asked);
      redraw(null);
    } else if (total > 0) {
      const asked = new Map();
      for (const [model, uuids] of keys) for (const uuid of uuids) asked.set(`${model} ${uuid}`, rows.touch(model, uuid));
      const found = await getJson('/demo/rows?' + keys.map(([model, uuids]) => `${model}=${uuids.join(',')}`).join('&'));
      const byKey = new Map(found.map((it) => [`${it.model} ${it.uuid}`, it.row]));
      for (const [model, uuids] of keys) for (const uuid of uuids) {
        const key = `${model} ${uuid}`;
        rows.put(model, uuid, byKey.get(key) ?? null, asked.get(key));
      }
      redraw(keys);
    }
    complain('');
  } catch (failure) {
    complain(`The rows could not be fetched (${failure.message}). Trying again.`);
    boardWanted = true;
    fetchTimer = setTimeout(fetchWanted, 2000);
    return;
  }
  fetchTimer = 0;
  if (boardWanted || wanted.size) schedule(20);
}

async function getJson(url) {
  const answer = await fetch(url, {cache: 'no-store', signal: AbortSignal.timeout(10_000)});
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  return answer.json();
}

async function ask(action, uuid) {
  try {
    const answer = await fetch(`/demo/run/${action}${uuid ? `?uuid=${uuid}` : ''}`, {
      method: 'POST', headers: {'X-Rowcast-Demo': '1'}, signal: AbortSignal.timeout(10_000)});
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    complain('');
  } catch (failure) {
    complain(`That did not work (${failure.message}).`);
  }
}

function complain(text) {
  $('problem').textContent = text;
  $('problem').hidden = !text;
}

// ---------------------------------------------------------------- the board

const shown = new Map(); // uuid of a run -> {element, told}

/** Draws what changed; `keys` names the rows that were fetched, null: everything, without flashes. */
function redraw(keys) {
  const jobsOf = new Map();
  for (const job of rows.of('runjob').values()) {
    const run = job.workflow_run_id.replaceAll('-', '');
    if (!jobsOf.has(run)) jobsOf.set(run, []);
    jobsOf.get(run).push(job);
  }
  const runs = [...rows.of('workflowrun')]
      .sort(([a, x], [b, y]) => Date.parse(y.created) - Date.parse(x.created) || (a < b ? -1 : 1))
      .slice(0, MAX_RUNS);
  const before = positions();
  const body = $('runs');
  const keep = new Set(runs.map(([uuid]) => uuid));
  for (const [uuid, entry] of shown) if (!keep.has(uuid)) vanish(uuid, entry);
  let next = body.firstElementChild;
  for (const [uuid, run] of runs) {
    while (next?.classList.contains('gone')) next = next.nextElementSibling;
    let entry = shown.get(uuid);
    const isNew = !entry;
    if (isNew) {
      entry = {element: $('run-template').content.firstElementChild.cloneNode(true), told: '', at: 0};
      entry.element.dataset.uuid = uuid;
      shown.set(uuid, entry);
    }
    if (entry.element !== next) body.insertBefore(entry.element, next);
    else next = next.nextElementSibling;
    const jobs = (jobsOf.get(uuid) ?? []).sort((a, b) => a.step - b.step);
    const told = JSON.stringify([run, jobs, projectName(run)]);
    if (told !== entry.told) {
      entry.told = told;
      entry.at = keys ? Date.now() : Date.parse(run.updated);
      describe(entry.element, run, jobs);
      if (keys) flash(entry.element);
    }
  }
  $('empty').hidden = runs.length > 0;
  slide(before);
  tellAges();
}

const projectName = (run) =>
  rows.of('project').get(run.project_id?.replaceAll('-', ''))?.name ?? 'no project';

function describe(element, run, jobs) {
  const status = statusName(run.status);
  element.querySelector('.name').textContent = run.name;
  element.querySelector('.where').textContent = `${projectName(run)} · ${run.creator}`;
  const pill = element.querySelector('.pill');
  pill.textContent = status;
  pill.dataset.status = status;
  element.dataset.status = status;
  const strip = element.querySelector('.strip');
  while (strip.childElementCount > jobs.length) strip.lastElementChild.remove();
  while (strip.childElementCount < jobs.length) strip.append(document.createElement('i'));
  jobs.forEach((job, i) => { strip.children[i].dataset.status = statusName(job.status); });
  const done = jobs.filter((job) => job.status === 4).length;
  const busy = jobs.find((job) => job.status === 1 || job.status === 2) ?? jobs.find((job) => job.status === -1);
  strip.setAttribute('aria-label', jobs.length ? `${done} of ${jobs.length} jobs finished` : 'no jobs yet');
  element.querySelector('.now').textContent =
      busy ? busy.job_name : jobs.length ? `${done} of ${jobs.length}` : 'no jobs yet';
  const ended = !['scheduled', 'processing', 'waiting'].includes(status);
  const [cancel, remove] = element.querySelectorAll('button');
  cancel.disabled = ended;
  cancel.setAttribute('aria-label', `Cancel ${run.name}`);
  remove.setAttribute('aria-label', `Delete ${run.name}`);
}

function flash(element) {
  element.classList.remove('changed');
  void element.offsetWidth; // restarts the animation
  element.classList.add('changed');
  clearTimeout(element.flashTimer);
  element.flashTimer = setTimeout(() => element.classList.remove('changed'), 1700);
}

function vanish(uuid, entry) {
  shown.delete(uuid);
  entry.element.classList.add('gone');
  entry.element.inert = true;
  setTimeout(() => { const before = positions(); entry.element.remove(); slide(before); }, isCalm() ? 0 : 350);
}

const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function positions() {
  return isCalm() || document.hidden ? null
      : new Map([...$('runs').children].map((row) => [row, row.offsetTop]));
}

/** Rows that moved glide from where they were. */
function slide(before) {
  if (!before) return;
  for (const row of $('runs').children) {
    const distance = before.has(row) ? before.get(row) - row.offsetTop : 0;
    if (distance) row.animate([{transform: `translateY(${distance}px)`}, {transform: 'none'}], {duration: 260, easing: 'ease-out'});
  }
}

function tellAges() {
  const now = Date.now();
  for (const {element, at} of shown.values()) element.querySelector('.when').textContent = age(now - at);
}

function age(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 3) return 'just now';
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86_400)} d ago`;
}

// ---------------------------------------------------------------- the wire

const tally = new Map();
let pending = []; // frames not drawn yet
let drawing = 0;
let paused = false;
let heardCount = 0;

function record(text, kind) {
  if (paused) return;
  pending.push({text, kind, at: new Date()});
  if (pending.length > MAX_FRAMES) pending.shift();
  drawing ||= setTimeout(drawFrames, 40);
}

function drawFrames() {
  drawing = 0;
  const fresh = document.createDocumentFragment();
  for (const {text, kind, at} of pending.reverse()) {
    const item = document.createElement('li');
    item.dataset.kind = kind;
    const time = document.createElement('time');
    time.dateTime = at.toISOString();
    time.textContent = at.toTimeString().slice(3, 8) + '.' + Math.floor(at.getMilliseconds() / 100);
    const span = document.createElement('span');
    span.textContent = text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
    item.append(time, span);
    fresh.append(item);
  }
  pending = [];
  const list = $('frames');
  const follows = list.scrollTop < 8;
  const height = list.scrollHeight;
  list.prepend(fresh);
  if (!follows) list.scrollTop += list.scrollHeight - height; // a reader stays where he reads
  while (list.childElementCount > MAX_FRAMES) list.lastElementChild.remove();
  $('tally').replaceChildren(...[...tally].sort(([, a], [, b]) => b - a).slice(0, 8).map(([model, count]) => {
    const item = document.createElement('li');
    const number = document.createElement('b');
    number.textContent = count.toLocaleString();
    item.append(`${model} `, number);
    return item;
  }));
  $('heard').textContent = heardCount === 1 ? '1 message heard' : `${heardCount.toLocaleString()} messages heard`;
}

function hear(text) {
  if (text === HEARTBEAT) {
    if ($('show-beats').checked) record(text, 'heartbeat');
    return;
  }
  heardCount++;
  let message = null;
  try { message = JSON.parse(text); } catch { /* any text may be sent */ }
  const isRow = message !== null && typeof message === 'object'
      && ['created', 'updated', 'deleted'].includes(message.status)
      && typeof message.model === 'string' && /^[0-9a-f]{32}$/.test(message.uuid);
  const name = isRow ? message.model : 'other';
  if (tally.has(name) || tally.size < 40) tally.set(name, (tally.get(name) ?? 0) + 1);
  record(text, isRow ? message.status : 'text');
  light();
  if (!isRow || !FETCHED.has(message.model)) return;
  if (message.status !== 'deleted') {
    want(message.model, message.uuid);
  } else {
    wanted.get(message.model)?.delete(message.uuid);
    rows.put(message.model, message.uuid, null, rows.touch(message.model, message.uuid));
    gone.push([message.model, [message.uuid]]);
    goneTimer ||= setTimeout(() => { const keys = gone; gone = []; goneTimer = 0; redraw(keys); }, 20);
  }
}

let gone = [];
let goneTimer = 0;
let lastLit = 0;

function light() {
  const now = performance.now();
  if (now - lastLit < 900) return;
  lastLit = now;
  const path = $('path');
  path.classList.remove('lit');
  void path.offsetWidth;
  path.classList.add('lit');
}

// ---------------------------------------------------------------- the line

let socket = null;
let attempt = 0;
let lastFrame = 0;
let lastBeat = 0;
let retryAt = 0;
let retryTimer = 0;

function connect() {
  clearTimeout(retryTimer);
  retryAt = 0;
  tellLine('connecting', 'Connecting');
  const mine = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${FACILITY}`);
  socket = mine;
  lastFrame = performance.now();
  mine.onopen = () => {
    attempt = 0;
    lastFrame = performance.now();
    lastBeat = 0;
    tellLine('open', 'Live');
    fetchLines(); // the ports may be others after a restart
    wantBoard(); // subscribed first, asked second: nothing falls between
  };
  mine.onmessage = ({data}) => {
    lastFrame = performance.now();
    if (data === HEARTBEAT) beat();
    if (typeof data === 'string') hear(data);
  };
  mine.onclose = ({code}) => { if (socket === mine) lost(code); };
}

// As ws4redis.js: a random pause up to min(30, 2^k - 1) seconds before attempt k.
function lost(code) {
  socket = null;
  attempt++;
  const pause = Math.random() * Math.min(30, 2 ** attempt - 1) * 1000;
  retryAt = Date.now() + pause;
  retryTimer = setTimeout(connect, pause);
  tellLine('closed', `Line lost (${code})`);
}

function beat() {
  lastBeat = performance.now();
  const dot = $('beat');
  dot.classList.remove('now');
  void dot.offsetWidth;
  dot.classList.add('now');
}

function tellLine(state, words) {
  $('link').dataset.state = state;
  $('link-state').textContent = words;
  $('send-button').disabled = state !== 'open';
  tellDetail();
}

function tellDetail() {
  const detail = $('link-detail');
  if (retryAt) detail.textContent = `again in ${Math.max(0, Math.ceil((retryAt - Date.now()) / 1000))} s`;
  else if (socket?.readyState === WebSocket.OPEN) {
    detail.textContent = lastBeat ? `heartbeat ${Math.round((performance.now() - lastBeat) / 1000)} s ago` : 'awaiting a heartbeat';
  } else detail.textContent = '/ws/rodan';
}

setInterval(() => {
  tellDetail();
  tellAges();
  if (socket && performance.now() - lastFrame > SILENCE_MS) {
    const dead = socket;
    lost(1006);
    dead.close();
  }
}, 1000);

addEventListener('online', () => { if (!socket) connect(); });

// ---------------------------------------------------------------- buttons

$('insert').onclick = () => ask('insert');
$('runs').onclick = ({target}) => {
  const button = target.closest('button[data-act]');
  if (button) ask(button.dataset.act, button.closest('tr').dataset.uuid);
};
$('send').onsubmit = (event) => {
  event.preventDefault();
  const text = $('text').value;
  if (!text || socket?.readyState !== WebSocket.OPEN) return;
  socket.send(text); // comes back by itself: the URL asks for `echo`
  $('text').value = '';
};
$('pause').onclick = () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').textContent = paused ? 'Resume' : 'Pause';
};

function copyLine({title, command}) {
  const box = document.createElement('div');
  box.className = 'line';
  const what = document.createElement('div');
  what.className = 'what';
  const pre = document.createElement('pre');
  pre.textContent = command;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', `Copy: ${title}`);
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(command);
      button.textContent = 'Copied';
    } catch { // no clipboard without TLS: the text is selected instead
      getSelection().selectAllChildren(pre);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1600);
  };
  what.append(title, button);
  box.append(what, pre);
  return box;
}

async function fetchLines() {
  try {
    const {lines, note} = await getJson('/demo/about');
    $('lines').replaceChildren(...lines.map(copyLine));
    $('lines-note').textContent = note;
  } catch (failure) {
    $('lines-note').textContent = `The lines to try could not be fetched (${failure.message}).`;
  }
}

connect();
