/** What the plugin uses of `serverless` (osls), which brings no types. */
export interface Serverless {
  readonly serviceDir: string;
  readonly service: ServerlessService;
  readonly processedInput: { readonly commands: readonly string[]; readonly isHelpRequest?: boolean };
  readonly pluginManager: { spawn(command: string): Promise<void> };
  /** `Error` is what `serverless` shows to its user by its message alone. */
  readonly classes: {
    readonly Error: new (message: string, code: string, options: { cause: unknown }) => Error;
  };
}

export interface ServerlessService {
  readonly service: string;
  readonly provider: Record<string, unknown>;
  readonly functions?: Record<string, Record<string, unknown>>;
  custom?: Record<string, unknown>;
}

/** Where a plugin's messages go. */
export interface ServerlessLog {
  notice(message: string): void;
  warning(message: string): void;
}
