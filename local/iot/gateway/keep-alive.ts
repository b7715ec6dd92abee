import type { Clock } from '../../clock.ts';
import type { Connection } from './connection.ts';

const shortestSeconds = 30;
const longestSeconds = 1_200;

/** AWS's keep-alive for what a client asks for: 30 to 1,200 seconds, and never off. */
export function keepAliveSeconds(asked: number): number {
  if (asked === 0) return longestSeconds;
  return Math.min(Math.max(asked, shortestSeconds), longestSeconds);
}

/**
 * Calls back when no packet has come for one and a half times the keep-alive [MQTT-3.1.2-24]. Packets move
 * a time stamp only; the timer looks at it when it fires and waits for the rest.
 */
export function watchKeepAlive(
  clock: Clock,
  connection: Connection,
  seconds: number,
  onSilence: () => void,
): void {
  const silenceMs = seconds * 1_500;
  const wait = (delayMs: number): void => {
    connection.timer?.cancel();
    connection.timer = clock.schedule(delayMs, () => {
      const restMs = connection.lastPacketMs + silenceMs - clock.now();
      if (restMs > 0) wait(restMs);
      else onSilence();
    });
  };
  wait(silenceMs);
}
