import type { PublishMessage } from '../../message.ts';

/** The services that actions act on. A promise that rejects is a failure of that action. */
export interface ActionServices {
  /**
   * Invokes a function asynchronously. `event` is the SELECT result; rules share it: do not change it.
   * `clientId` is who published: messages of one client best meet the same container.
   */
  invokeAsync(functionArn: string, event: unknown, clientId?: string): Promise<void>;
  publish: PublishMessage;
  putObject(object: { bucket: string; key: string; body: Uint8Array; contentType: string }): Promise<void>;
  sendMessage(message: { queueUrl: string; body: string }): Promise<void>;
  /** `item` is a JSON object as it came out of SELECT; its values are not in DynamoDB's typed form yet. */
  putItem(put: { tableName: string; item: Readonly<Record<string, unknown>> }): Promise<void>;
}
