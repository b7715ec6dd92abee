/** What the plugin tells the process that started `serverless`, over its IPC channel. */
export type PluginMessage =
  /** The cloud runs; `.glasshouse/cloud.json` says where. */
  | { readonly kind: 'ready' }
  /** The cloud could not start. */
  | { readonly kind: 'failed'; readonly message: string }
  /** Something that the person at the terminal should know. */
  | { readonly kind: 'tell'; readonly message: string };
