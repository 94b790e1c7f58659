// ws, the WebSocket server most Node programs stand on: each Redis channel to its clients.
//   node ws.js PORT REDIS_URL
import { WebSocketServer } from 'ws';
import { channelOf, channels, collectOnSignal } from './feed.js';

const [port, redis] = process.argv.slice(2);
collectOnSignal();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), backlog: 4096 });

server.on('connection', (socket, request) => {
  socket.on('error', () => socket.terminate());
  if (request.url === '/echo') {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    return;
  }
  const channel = channelOf(request.url);
  const clients = listeners.get(channel) ?? new Set();
  listeners.set(channel, clients.add(socket));
  socket.on('close', () => clients.delete(socket));
  feed(channel);
});

// The broadcast of ws's own documentation; a Buffer needs no encoding per client.
const TEXT = { binary: false };
const listeners = new Map();
const feed = await channels(redis, (message, channel) => {
  for (const socket of listeners.get(channel)) {
    if (socket.readyState === socket.OPEN) socket.send(message, TEXT);
  }
});
