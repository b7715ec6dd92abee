import mqtt from 'mqtt';
import { backOffMs } from './back-off.ts';

export type ConnectionState =
  | { readonly kind: 'connecting' | 'connected' }
  /** The server refused the subscription: nothing will come in. */
  | { readonly kind: 'refused' }
  /** Waiting for the next attempt; `offline` when several have failed. */
  | { readonly kind: 'reconnecting' | 'offline'; readonly nextAttemptAtMs: number };

export interface Connection {
  /** Publishes with QoS 1. While there is no connection the message waits for it. */
  publish(topic: string, message: unknown): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly clientId: string;
  readonly topic: string;
  readonly now: () => number;
  readonly onMessage: (payload: Uint8Array) => void;
  readonly onState: (state: ConnectionState) => void;
}

/** After so many failed attempts in a row there is probably no server. */
const OFFLINE_ATTEMPTS = 5;

/**
 * A browser runs the timers of a hidden page once a minute; a ping sent that late must still be in time.
 * MQTT 3.1.1 §3.1.2.10: the server waits one and a half times the keep-alive.
 */
const KEEP_ALIVE_SECONDS = 120;

/** Opens the page's MQTT 3.1.1 connection and keeps it open: it reconnects and subscribes again by itself. */
export function openConnection(options: ConnectionOptions): Connection {
  const { url, clientId, topic, now, onMessage, onState } = options;
  let attempts = 0;
  onState({ kind: 'connecting' });
  const client = mqtt.connect(url, {
    clientId,
    protocolVersion: 4,
    clean: true,
    keepalive: KEEP_ALIVE_SECONDS,
    // The default keeps time in a worker made from a blob: address, which the page's policy forbids.
    timerVariant: 'native',
    connectTimeout: 5000,
    reconnectPeriod: backOffMs(1),
    reconnectOnConnackError: true,
    resubscribe: false,
  });
  client.on('connect', () => {
    attempts = 0;
    client.options.reconnectPeriod = backOffMs(1);
    client.subscribe(topic, { qos: 0 }, (error, granted) => {
      if (!client.connected) return;
      const isRefused = error !== null || granted?.some(({ qos }) => qos > 2) === true;
      onState({ kind: isRefused ? 'refused' : 'connected' });
    });
  });
  // mqtt.js reads the period when a connection closes: what is set here is the wait after this attempt.
  client.on('reconnect', () => {
    attempts += 1;
    client.options.reconnectPeriod = backOffMs(attempts + 1);
    if (attempts < OFFLINE_ATTEMPTS) onState({ kind: 'connecting' });
  });
  client.on('close', () => {
    const kind = attempts < OFFLINE_ATTEMPTS ? 'reconnecting' : 'offline';
    onState({ kind, nextAttemptAtMs: now() + backOffMs(attempts + 1) });
  });
  client.on('message', (_topic, payload) => onMessage(payload));
  // Every error is followed by a close, which is what the page shows; without a listener it would be thrown.
  client.on('error', () => undefined);
  return {
    publish(topic, message) {
      client.publish(topic, JSON.stringify(message), { qos: 1 });
    },
  };
}
