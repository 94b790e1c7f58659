// uWebSockets.js: its own topics do the fan-out, in C++.
//   node uws.js PORT REDIS_URL
import { createRequire } from 'node:module';
import { channelOf, channels, collectOnSignal } from './feed.js';

const [port, redis] = process.argv.slice(2);
collectOnSignal();

// The native binary itself: the package's own entry falls back to JavaScript when it does not load.
const { arch, platform, versions } = process;
const uWS = createRequire(import.meta.url)(
  `@trufflesuite/uws-js-unofficial/binaries/uws_${platform}_${arch}_${versions.modules}.node`,
);

const OPTIONS = {
  compression: uWS.DISABLED,
  idleTimeout: 120,
  sendPingsAutomatically: true,
  // As much as Rowcast's outbox holds; the default of 64 KiB drops messages without a word.
  maxBackpressure: 1024 * 1024,
};
const app = uWS
  .App()
  .ws('/echo', { ...OPTIONS, message: (socket, data, isBinary) => socket.send(data, isBinary) })
  .ws('/*', {
    ...OPTIONS,
    upgrade: (response, request, context) =>
      response.upgrade(
        { channel: channelOf(request.getUrl()) },
        request.getHeader('sec-websocket-key'),
        request.getHeader('sec-websocket-protocol'),
        request.getHeader('sec-websocket-extensions'),
        context,
      ),
    open: (socket) => {
      const { channel } = socket.getUserData();
      feed(channel);
      socket.subscribe(channel);
    },
  });

const feed = await channels(redis, (message, channel) => app.publish(channel, message, false));

app.listen('127.0.0.1', Number(port), (listening) => {
  if (!listening) {
    console.error(`uws: port ${port} cannot be listened to`);
    process.exit(1);
  }
});
