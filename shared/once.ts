/** Makes a value when it is first asked for, and keeps it: what a cold start does not need it does not pay. */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
