import { z } from 'zod';

const answerSchema = z.object({ offsetMs: z.number() });

const TIMEOUT_MS = 2_000;

/**
 * The time where devices are put on record: that of a cloud on this machine may have been moved (`glasshouse clock`).
 * Anywhere else, AWS included, it is this machine's.
 *
 * @param endpointUrl undefined: AWS
 * @returns tells the time in milliseconds since the epoch
 */
export async function cloudTime(endpointUrl: string | undefined): Promise<() => number> {
  const offsetMs = endpointUrl === undefined ? 0 : await readOffset(endpointUrl);
  return () => Date.now() + offsetMs;
}

async function readOffset(endpointUrl: string): Promise<number> {
  try {
    const answer = await fetch(`${endpointUrl}/_glasshouse/clock`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const parsed = answerSchema.safeParse(await answer.json());
    return parsed.success ? parsed.data.offsetMs : 0;
  } catch {
    // Another emulator: it has no clock of its own.
    return 0;
  }
}
