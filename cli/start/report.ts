import type { DemoRun } from './demo-run.ts';

const HEAD = ['device', 'sent', 'scored', 'late', 'anomalies', 'windows hit', 'readings/s'] as const;

/**
 * What is printed after the demo has played once.
 *
 * @param rejected readings that the function refused, over all devices.
 * @returns the lines, and how many readings were lost: neither scored nor rejected.
 */
export function reportLines(
  { tallies, seconds }: DemoRun,
  rejected: number,
): { lines: readonly string[]; lost: number } {
  const rows = tallies.map((tally) => {
    const [hit, all] = tally.windowsHit;
    const rate = Math.round(tally.scored / (seconds.get(tally.device) ?? Number.NaN));
    const { device, sent, scored, late, anomalies } = tally;
    return [device, sent, scored, late, anomalies, `${hit} of ${all}`, rate].map(String);
  });
  const lines = table([[...HEAD], ...rows]);
  for (const tally of tallies) {
    for (const { window, hit } of tally.windows) {
      const [from, to] = [window.fromMs, window.toMs].map((ms) => new Date(ms).toISOString().slice(0, 16));
      lines.push(`  ${hit ? 'hit ' : 'miss'}  ${tally.device}  ${from} – ${to}`);
    }
  }
  const sent = tallies.reduce((sum, tally) => sum + tally.sent, 0);
  const scored = tallies.reduce((sum, tally) => sum + tally.scored, 0);
  const lost = sent - scored - rejected;
  const verdict = lost === 0 ? 'nothing lost' : `LOST ${lost}`;
  lines.push('', `${verdict}: sent ${sent} = scored ${scored} + rejected ${rejected}`);
  return { lines, lost };
}

/** Columns side by side: the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
