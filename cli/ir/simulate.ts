import { systemClock } from '../../local/clock.ts';
import { startIrRepeater, SimulatedShade, type Emission } from '../../local/devices/ir-repeater/index.ts';
import { REPEATER_PORT } from '../../shared/greenhouse/repeater-client.ts';
import type { Arguments } from '../arguments.ts';
import { CommandError } from '../errors.ts';
import { visible, type Terminal } from '../terminal.ts';
import { readCode, readPort } from './input.ts';

const DEFAULT_TRAVEL_SECONDS = 40;

/** `ir simulate`: plays a repeater until Ctrl-C, or until it has sent --count codes. */
export async function simulate(args: Arguments, { cwd, out, err }: Terminal): Promise<undefined> {
  const port = readPort(args.text('port') ?? String(REPEATER_PORT), args);
  const shade = readShade(args, cwd);
  const wanted = args.count('count') ?? Infinity;
  const finished = Promise.withResolvers<void>();
  const print = (line: string): void => void out.line(line).catch(finished.reject);
  let seen = 0;

  const onEmission = ({ connector, code, isInterrupted }: Emission): void => {
    seen += 1;
    const cut = isInterrupted ? ', cut short' : '';
    print(`infrared at ${connector}: ${code.pulses.length / 2} pairs, ${code.frequencyHz} Hz${cut}`);
    if (shade !== undefined && !isInterrupted) {
      shade.see(code);
      print(`shade: at ${Math.round(shade.position * 100)} %, ${shade.isMoving ? 'moving' : 'standing'}`);
    }
  };
  const onLine = (direction: 'in' | 'out', client: number, line: string): void => {
    print(`${client} ${direction === 'in' ? '→' : '←'} ${visible(line)}`);
    // The last code is answered before the repeater goes.
    if (direction === 'out' && seen >= wanted) finished.resolve();
  };
  const repeater = await startIrRepeater({ clock: systemClock, port, onEmission, onLine }).catch(
    (error: unknown) => {
      throw new CommandError(
        'PORT_TAKEN',
        `port ${port} cannot be listened on: is another repeater there? --port 0 takes any`,
        {
          cause: error,
        },
      );
    },
  );
  process.once('SIGINT', finished.resolve);
  process.once('SIGTERM', finished.resolve);
  try {
    await err.line(`an iTach listens at 127.0.0.1:${repeater.port}; Ctrl-C ends`);
    await finished.promise;
  } finally {
    process.off('SIGINT', finished.resolve);
    process.off('SIGTERM', finished.resolve);
    await repeater.stop();
  }
  return undefined;
}

function readShade(args: Arguments, cwd: string): SimulatedShade | undefined {
  const open = args.text('open');
  const shaded = args.text('shaded');
  if (open === undefined && shaded === undefined) return undefined;
  if (open === undefined || shaded === undefined) throw args.wrong('--open and --shaded go together');
  const travelMs = (args.count('travel') ?? DEFAULT_TRAVEL_SECONDS) * 1000;
  const codes = { open: readCode(open, cwd), shaded: readCode(shaded, cwd) };
  return new SimulatedShade({ clock: systemClock, travelMs, codes });
}
