import { ResourceNotFoundException } from '@aws-sdk/client-iot';

/** Asks AWS IoT for something; undefined where it is not there. */
export async function undefinedIfMissing<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
