const FIRST_MS = 250;
const LONGEST_MS = 2000;

/** How long to wait before attempt number `attempt` (1 is the first after a loss): doubling, 2 s at most. */
export function backOffMs(attempt: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (Math.max(1, attempt) - 1));
}
