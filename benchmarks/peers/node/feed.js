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

/**
 * One subscribing connection. `feed(channel)` subscribes where that is new; `listener(bytes, channel)`
 * is called for every message.
 */
export async function channels(url, listener) {
  const client = redisClient(url);
  await client.connect();
  const known = new Set();
  return (channel) => {
    if (!known.has(channel)) {
      known.add(channel);
      client.subscribe(channel, (bytes) => listener(bytes, channel), true);
    }
  };
}

/** The channel that a client asks for: the path of its URL. */
export const channelOf = (url) => url.slice(1);

/** SIGUSR2 collects garbage, so that memory is read in the same state from every runtime. */
export function collectOnSignal() {
  process.on('SIGUSR2', () => globalThis.gc?.());
}
