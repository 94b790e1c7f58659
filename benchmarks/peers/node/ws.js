// ws, the WebSocket server most Node programs stand on: one Redis channel to every client.
//   node ws.js PORT REDIS_URL
import { WebSocketServer } from 'ws';
import { collectOnSignal, subscribe } from './feed.js';

const [port, redis] = process.argv.slice(2);
collectOnSignal();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), backlog: 4096 });

server.on('connection', (socket, request) => {
  socket.on('error', () => socket.terminate());
  if (request.url === '/echo') {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  }
});

// The broadcast of ws's own documentation; a Buffer needs no encoding per client.
const TEXT = { binary: false };
await subscribe(redis, 'bench', (message) => {
  for (const socket of server.clients) {
    if (socket.readyState === socket.OPEN) socket.send(message, TEXT);
  }
});
