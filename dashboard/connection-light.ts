import type { ConnectionState } from './connection.ts';
import { byId, setText } from './element.ts';

/** Shows the state of the connection: a light, and what it says in words. */
export class ConnectionLight {
  readonly #box = byId('connection');
  readonly #text = byId('connection-text');
  #state: ConnectionState = { kind: 'connecting' };

  show(state: ConnectionState, nowMs: number): void {
    this.#state = state;
    this.#box.dataset['state'] = state.kind;
    this.refresh(nowMs);
  }

  /** Counts down to the next attempt. */
  refresh(nowMs: number): void {
    setText(this.#text, words(this.#state, nowMs));
  }
}

const WORDS = {
  connecting: 'Connecting…',
  connected: 'Connected',
  refused: 'Connected, but reading results was refused',
  offline: 'Offline, trying every 2 s',
} as const;

function words(state: ConnectionState, nowMs: number): string {
  if (state.kind !== 'reconnecting') return WORDS[state.kind];
  return `Reconnecting in ${secondsTo(state.nextAttemptAtMs, nowMs)} s`;
}

function secondsTo(atMs: number, nowMs: number): number {
  return Math.max(1, Math.ceil((atMs - nowMs) / 1000));
}
