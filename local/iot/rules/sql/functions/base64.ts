/**
 * The bytes of base64 text; undefined when it is none. As Java's decoder: the padding may be left out but not be
 * wrong, and there are no line breaks and no letters of other alphabets.
 */
export function readBase64(text: string): Uint8Array | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = text.length - padding;
  const isWhole = padding === 0 ? length % 4 !== 1 : text.length % 4 === 0;
  if (!isWhole || !/^[A-Za-z0-9+/]*$/.test(text.slice(0, length))) return undefined;
  return Buffer.from(text, 'base64');
}
