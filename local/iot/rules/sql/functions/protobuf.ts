import { createHash } from 'node:crypto';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import protojson from 'protobufjs/ext/protojson.js';
import { z } from 'zod';

/** Bytes of a descriptor set. */
const MAX_DESCRIPTOR_BYTES = 1_048_576;

/** Message types that are kept. */
const MAX_KEPT = 50;

/** The files of a descriptor set, as far as they are looked at here. */
const fileNames = z.object({ file: z.array(z.object({ name: z.string(), package: z.string() })) });

const kept = new Map<string, protobuf.Type>();

/**
 * A message type of a FileDescriptorSet, which protoc writes with --descriptor_set_out. `protoName` is the file without
 * `.proto`; `messageType` may be qualified by its package. Undefined when it is not there, or the bytes are no set.
 */
export function findMessageType(
  descriptorSet: Uint8Array,
  protoName: string,
  messageType: string,
): protobuf.Type | undefined {
  if (descriptorSet.length > MAX_DESCRIPTOR_BYTES) return undefined;
  const digest = createHash('sha256').update(descriptorSet).digest('hex');
  const name = `${digest}/${protoName}/${messageType}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const type = attempt(() => readMessageType(descriptorSet, protoName, messageType));
  if (type === undefined) return undefined;
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(name, type);
  return type;
}

/** A message as ProtoJSON text; undefined when the bytes are no message of the type. */
export function messageJson(type: protobuf.Type, bytes: Uint8Array): string | undefined {
  return attempt(() => protojson.toJsonString(type, type.decode(bytes)));
}

function readMessageType(
  descriptorSet: Uint8Array,
  protoName: string,
  messageType: string,
): protobuf.Type | undefined {
  const { file: files } = fileNames.parse(descriptor.FileDescriptorSet.decode(descriptorSet));
  const file = files.find(({ name }) => fileName(name) === fileName(protoName));
  if (file === undefined) return undefined;
  const root = protobuf.Root.fromDescriptor(descriptorSet);
  root.resolveAll();
  const prefix = file.package === '' ? '' : `${file.package}.`;
  const qualified = messageType.startsWith(prefix) ? messageType : prefix + messageType;
  return root.lookupType(qualified);
}

/** Without folders and `.proto`. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.proto$/, '');
}

/** The library throws plain errors for whatever it cannot read. */
function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Error) return undefined;
    throw thrown;
  }
}
