/** What a container is started with. */
export interface ContainerData {
  /** Path of the bundled module. */
  readonly bundle: string;
  /** Its export that is the handler. */
  readonly handlerName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  /** The cloud's time: see clock/thread-clock.ts. Without it the function lives in the machine's. */
  readonly time?: SharedArrayBuffer;
}

/** One invocation. */
export interface ToContainer {
  readonly requestId: string;
  /** The event, as JSON. */
  readonly payload: string;
  /** Real time: a function works on this machine, however fast the cloud's clock goes. */
  readonly timeoutMs: number;
}

/** A function's error, as Lambda hands it to whoever invoked it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type FromContainer =
  | { readonly kind: 'ready' }
  /** What the function wrote to its log since the last of these. */
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'init-failed'; readonly error: FunctionError }
  /** With what the function wrote to its log since it was last handed over. */
  | { readonly kind: 'succeeded'; readonly payload: string; readonly output: string }
  | { readonly kind: 'failed'; readonly error: FunctionError; readonly output: string };
