/**
 * Where a shade is, or shall be: `shaded` means drawn over the plants, `open` means drawn back so that the
 * light comes in. "Close" is said of shades in both senses, so nothing here is called that.
 */
export type Position = 'open' | 'shaded';

export const POSITIONS = ['open', 'shaded'] as const satisfies readonly Position[];
