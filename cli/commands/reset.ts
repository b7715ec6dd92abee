import { errorText } from '../../shared/errors.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../errors.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { quoted } from '../terminal.ts';

/** Emptying takes moments; a cloud that does not answer for so long is stuck. */
const TIMEOUT_MS = 30_000;

export const command: Command = {
  usage: ['reset'],
  description: [
    'Empties the running cloud: what devices, functions and callers have made of it is gone, and it is as the',
    'template made it. The cloud goes on running. The outbox keeps its SMS and mail, as people keep what they got.',
  ],
  options: {},
  examples: [['reset', 'begins anew between two tests']],
  async run(args, terminal) {
    if (args.positionals.length > 0) throw args.wrong('reset takes no arguments');
    const { endpointUrl } = requireRunningCloud(terminal);
    const response = await post(`${endpointUrl}/_glasshouse/reset`);
    if (!response.ok) {
      throw new CommandError(
        'RESET_REFUSED',
        `the cloud answered ${response.status}: ${quoted(await response.text(), 400)}`,
      );
    }
    // Read to its end, so that the connection is free.
    await response.arrayBuffer();
    await terminal.err.line('the cloud is empty');
    return undefined;
  },
};

async function post(url: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new CommandError('CLOUD_UNREACHABLE', `the cloud at ${url} does not answer: ${errorText(error)}`, {
      cause: error,
      retryable: true,
    });
  }
}
