import { once } from 'node:events';
import { connect } from 'node:net';
import { errorText } from '../../shared/errors.ts';
import { LineSplitter } from '../../shared/greenhouse/line-splitter.ts';
import { MAX_COMMAND_BYTES, readSendir } from '../../shared/greenhouse/sendir.ts';
import type { Arguments } from '../arguments.ts';
import { CommandError } from '../errors.ts';
import { visible, type Terminal } from '../terminal.ts';
import { readAddress } from './input.ts';

/**
 * `ir learn`: prints what a repeater's learner sees, one code a line, until Ctrl-C or --count. A code that the
 * repeater itself would refuse is named, and does not count.
 *
 * @throws UsageError; CommandError REPEATER_UNREACHABLE or REPEATER_CLOSED
 */
export async function learn(
  words: readonly string[],
  args: Arguments,
  { out, err }: Terminal,
): Promise<undefined> {
  const [where, ...more] = words;
  if (where === undefined || more.length > 0) throw args.wrong('ir learn takes one HOST[:PORT]');
  const address = readAddress(where, args);
  const wanted = args.count('count') ?? Infinity;
  const place = `${visible(address.host)}:${address.port}`;
  const socket = connect({ ...address, timeout: 5_000 });
  socket.setEncoding('latin1');
  socket.once('timeout', () => socket.destroy(new Error('no connection within 5 seconds')));
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw new CommandError('REPEATER_UNREACHABLE', `${place} was not reached: ${errorText(error)}`, {
      cause: error,
      retryable: true,
    });
  }
  // From here on it is a person that is waited for.
  socket.setTimeout(0);
  const finished = Promise.withResolvers<void>();
  const splitter = new LineSplitter(MAX_COMMAND_BYTES);
  let seen = 0;
  const take = async (line: string): Promise<void> => {
    if (line.startsWith('IR Learner')) {
      await err.line(`${place}: ${visible(line)}; press a button close to its front`);
    } else if (!line.startsWith('sendir,')) {
      await err.line(`${place}: ${visible(line)}`);
    } else if (readSendir(line).ok) {
      seen += 1;
      await out.line(visible(line));
      if (seen >= wanted) finished.resolve();
    } else {
      await err.line(`${place} saw a code that cannot be sent; press again: ${visible(line)}`);
    }
  };
  socket.on('data', (text: string) => {
    for (const line of splitter.push(text).lines) take(line).catch(finished.reject);
  });
  socket.once('error', finished.reject);
  socket.once('close', () => {
    finished.reject(
      new CommandError('REPEATER_CLOSED', `${place} closed the connection`, { retryable: true }),
    );
  });
  process.once('SIGINT', finished.resolve);
  process.once('SIGTERM', finished.resolve);
  socket.write('get_IRL\r');
  try {
    await finished.promise;
    socket.end('stop_IRL\r');
  } finally {
    process.off('SIGINT', finished.resolve);
    process.off('SIGTERM', finished.resolve);
    socket.destroySoon();
  }
  return undefined;
}
