import type { PlacedField } from '../../shared/sigfox/payload-layout.ts';

/** Fields are marked by a letter each. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The letter that stands for a field in the drawing. */
export function letterOf(index: number): string {
  return LETTERS[index % LETTERS.length] ?? '?';
}

/**
 * Draws the bits of a payload with the fields under them, a letter for each:
 *
 *     byte  0        1
 *     hex   09       c4
 *     bits  00001001 11000100
 *           aaaaaaaa aaaaaaaa
 *
 * Fields that lie over one another are drawn in lines of their own; a bit that no field names has a dot.
 */
export function drawPayload(hex: string, fields: readonly PlacedField[]): string[] {
  const bytes = [...Buffer.from(hex, 'hex')];
  const cells = (texts: readonly string[]): string =>
    texts
      .map((text) => text.padEnd(8))
      .join(' ')
      .trimEnd();
  const lines = [
    `byte  ${cells(bytes.map((_, index) => String(index)))}`,
    `hex   ${cells(bytes.map((byte) => byte.toString(16).padStart(2, '0')))}`,
    `bits  ${cells(bytes.map((byte) => byte.toString(2).padStart(8, '0')))}`,
  ];
  for (const layer of layersOf(fields, bytes.length * 8)) {
    const texts = bytes.map((_, index) => layer.slice(index * 8, index * 8 + 8).join(''));
    lines.push(`      ${cells(texts)}`);
  }
  return lines;
}

/** Each field goes into the first line that has its bits free. */
function layersOf(fields: readonly PlacedField[], bits: number): string[][] {
  const layers: string[][] = [];
  for (const [index, field] of fields.entries()) {
    const isFree = (layer: readonly string[]): boolean =>
      layer.slice(field.firstBit, field.firstBit + field.bits).every((mark) => mark === '.');
    let layer = layers.find(isFree);
    if (layer === undefined) {
      layer = Array.from({ length: bits }, () => '.');
      layers.push(layer);
    }
    layer.fill(letterOf(index), field.firstBit, field.firstBit + field.bits);
  }
  return layers;
}
