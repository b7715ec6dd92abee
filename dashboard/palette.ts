/** The plot's colours, as the stylesheet has them for the theme of the moment. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly surface: string;
  readonly grid: string;
  readonly value: string;
  readonly mean: string;
  readonly band: string;
  readonly anomaly: string;
  readonly late: string;
  readonly warmUp: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour('ink'),
    muted: colour('muted'),
    surface: colour('surface'),
    grid: colour('grid'),
    value: colour('value'),
    mean: colour('mean'),
    band: colour('band'),
    anomaly: colour('anomaly'),
    late: colour('late'),
    warmUp: colour('warm-up'),
  };
}
