/**
 * Sets an entry as the newest of a map that holds at most `most`, and lets the oldest go: the bounded memory of a
 * container.
 */
export function keepNewest<Key, Value>(memory: Map<Key, Value>, key: Key, value: Value, most: number): void {
  // A map keeps the order of insertion: what is set last is forgotten last.
  memory.delete(key);
  memory.set(key, value);
  if (memory.size <= most) return;
  const oldest = memory.keys().next();
  if (oldest.done !== true) memory.delete(oldest.value);
}
