import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { writeSendir, type IrCode } from '../../../shared/greenhouse/sendir.ts';
import type { Clock } from '../../clock.ts';
import type { Disturbance } from './disturbance.ts';
import { Emitter, type Emission } from './emitter.ts';
import { Session } from './session.ts';
import { newSettings } from './settings-commands.ts';

/** An iTach takes no more connections at once. */
export const MAX_CLIENTS = 8;

/** So many emissions are remembered. */
const MAX_EMISSIONS = 10_000;

export interface IrRepeaterOptions {
  readonly clock: Clock;
  /** @default 4998; 0 is any free port */
  readonly port?: number;
  /** Is told of every code that has left: what stands in the room sees it. */
  readonly onEmission?: (emission: Emission) => void;
  /** Is told of every line that came in and went out. */
  readonly onLine?: (direction: 'in' | 'out', client: number, line: string) => void;
}

export interface IrRepeater {
  readonly port: number;
  /** What has left, oldest first. */
  readonly emissions: readonly Emission[];
  /** How many clients are connected. */
  readonly clients: number;
  /** Lets something go wrong with the next `sendir`; several wait in line. */
  disturb(disturbance: Disturbance): void;
  /** Somebody presses a button of a remote in front of the learner. @returns how many clients were told */
  press(code: IrCode): number;
  stop(): Promise<void>;
}

/**
 * Starts a simulated iTach IP2IR on 127.0.0.1: its line protocol, its errors, its connectors, its learner, and the
 * time that codes take, on the clock that it is given.
 */
export async function startIrRepeater(options: IrRepeaterOptions): Promise<IrRepeater> {
  const { clock, port = 4998, onEmission, onLine } = options;
  const emissions: Emission[] = [];
  const disturbances: Disturbance[] = [];
  const sessions = new Map<Socket, Session>();
  const settings = newSettings();
  const emitters = new Map(
    [...settings.modes.keys()].map((connector) => [connector, new Emitter(clock, emitted)]),
  );
  let clients = 0;

  function emitted(emission: Emission): void {
    if (emissions.length >= MAX_EMISSIONS) emissions.shift();
    emissions.push(emission);
    onEmission?.(emission);
  }

  function accept(socket: Socket): void {
    if (sessions.size >= MAX_CLIENTS) {
      socket.destroy();
      return;
    }
    clients += 1;
    const client = clients;
    const session = new Session({
      client,
      clock,
      settings,
      emitters,
      nextDisturbance: () => disturbances.shift(),
      close: () => socket.destroy(),
      write: (text) => {
        onLine?.('out', client, text);
        if (!socket.destroyed) socket.write(text, 'latin1');
      },
      onLine: (line) => onLine?.('in', client, line),
    });
    sessions.set(socket, session);
    // Every piece that is written is to be a segment of its own.
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => session.receive(text));
    // A client that is gone is gone, however it went.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      session.end();
      sessions.delete(socket);
    });
  }

  const server = createServer(accept);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: listeningPort(server.address()),
    emissions,
    get clients() {
      return sessions.size;
    },
    disturb: (disturbance) => void disturbances.push(disturbance),
    press(code) {
      const learning = [...sessions.values()].filter((session) => session.isLearning);
      for (const session of learning) session.tell(writeSendir({ connector: '1:1', id: 1, code }));
      return learning.length;
    },
    async stop() {
      for (const socket of sessions.keys()) socket.destroy();
      for (const emitter of emitters.values()) emitter.stop();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

function listeningPort(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
