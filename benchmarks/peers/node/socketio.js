// Socket.IO with its Redis adapter, tuned as its own page on performance asks: WebSocket only,
// bufferutil installed, the first HTTP request of each client forgotten.
//   node socketio.js PORT REDIS_URL
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { collectOnSignal, redisClient } from './feed.js';

const [port, redis] = process.argv.slice(2);
collectOnSignal();

const publisher = redisClient(redis);
const subscriber = redisClient(redis);
await Promise.all([publisher.connect(), subscriber.connect()]);

// The adapter takes what another node published to a room. Its `parser` option says how that is
// written; here it is the bare JSON of the loader, which costs less to read than msgpack.
const EVENT = 2;
const parser = {
  encode: (message) => JSON.stringify(message),
  decode: (bytes) => [
    'loader',
    { type: EVENT, nsp: '/', data: ['message', JSON.parse(bytes)] },
    { rooms: ['bench'], except: [], flags: {} },
  ],
};

const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(publisher, subscriber, { parser }),
  transports: ['websocket'],
  serveClient: false,
});
io.engine.on('connection', (socket) => {
  socket.request = null;
});
io.on('connection', (socket) => {
  socket.join('bench');
  socket.on('echo', (message) => socket.emit('echo', message));
});
http.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
