/** A function's key as osls writes it into logical ids: letters and digits, `-` and `_` spelt out. */
export function normalise(key: string): string {
  const spelt = key.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
  return spelt.charAt(0).toUpperCase() + spelt.slice(1);
}

/** The letters and digits of a name, as osls writes rules of event buses into logical ids. */
export function alphanumeric(name: string): string {
  const kept = name.replaceAll(/[^0-9A-Za-z]/g, '');
  return kept.charAt(0).toUpperCase() + kept.slice(1);
}
