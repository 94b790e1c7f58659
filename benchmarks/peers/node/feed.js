// What the servers here share: one Redis subscription, and an end with the parent process.
import { createClient } from 'redis';

/** A client whose loss ends the server: a peer without its feed must not look healthy. */
export function redisClient(url) {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', (error) => {
    console.error(`redis: ${error.message}`);
    process.exit(1);
  });
  return client;
}

/** Calls `listener(bytes)` for every message of a Redis channel. */
export async function subscribe(url, channel, listener) {
  const client = redisClient(url);
  await client.connect();
  await client.subscribe(channel, listener, true);
}

/** SIGUSR2 collects garbage, so that memory is read in the same state from every runtime. */
export function collectOnSignal() {
  process.on('SIGUSR2', () => globalThis.gc?.());
}
