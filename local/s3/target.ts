import { AwsApiError } from '../errors.ts';

/** What a request is about: nothing (the account), a bucket, or an object in it. */
export interface Target {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/**
 * Reads bucket and key out of a request: from the path (`/bucket/key`), or the bucket from the host
 * (`bucket.localhost`, `bucket.127.0.0.1`) and the key from the path.
 *
 * @param path as it came, percent-encoded: nothing in a key is resolved, `..` is a name like any other.
 * @throws AwsApiError `InvalidURI` when the path is not percent-encoded UTF-8.
 */
export function readTarget(host: string | undefined, path: string): Target {
  const bucket = bucketOfHost(host ?? '');
  const rest = path.slice(1);
  if (bucket !== undefined) return { bucket, key: decode(rest) };
  const slash = rest.indexOf('/');
  if (slash === -1) return { bucket: decode(rest), key: undefined };
  return { bucket: decode(rest.slice(0, slash)), key: decode(rest.slice(slash + 1)) };
}

function bucketOfHost(host: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  return /^(.+?)(?:\.s3)?\.(?:localhost|127\.0\.0\.1)$/.exec(name)?.[1];
}

function decode(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsApiError(400, 'InvalidURI', `Couldn't parse the specified URI: ${text.slice(0, 200)}.`);
  }
}

/** Sub-resources: what a parameter of the query turns an operation into. `*` stands for Get, Put or Delete. */
const SUB_RESOURCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  uploads: { POST: 'CreateMultipartUpload', GET: 'ListMultipartUploads' },
  uploadId: {
    PUT: 'UploadPart',
    POST: 'CompleteMultipartUpload',
    GET: 'ListParts',
    DELETE: 'AbortMultipartUpload',
  },
  delete: { POST: 'DeleteObjects' },
  versions: { GET: 'ListObjectVersions' },
  location: { GET: 'GetBucketLocation' },
  select: { POST: 'SelectObjectContent' },
  restore: { POST: 'RestoreObject' },
  acl: { '*': 'Acl' },
  tagging: { '*': 'Tagging' },
  attributes: { GET: 'GetObjectAttributes' },
  retention: { '*': 'Retention' },
  'legal-hold': { '*': 'LegalHold' },
  torrent: { '*': 'Torrent' },
  versioning: { '*': 'Versioning' },
  policy: { '*': 'Policy' },
  policyStatus: { '*': 'PolicyStatus' },
  cors: { '*': 'Cors' },
  lifecycle: { '*': 'LifecycleConfiguration' },
  notification: { '*': 'NotificationConfiguration' },
  encryption: { '*': 'Encryption' },
  website: { '*': 'Website' },
  logging: { '*': 'Logging' },
  replication: { '*': 'Replication' },
  inventory: { '*': 'InventoryConfiguration' },
  metrics: { '*': 'MetricsConfiguration' },
  analytics: { '*': 'AnalyticsConfiguration' },
  accelerate: { '*': 'AccelerateConfiguration' },
  requestPayment: { '*': 'RequestPayment' },
  ownershipControls: { '*': 'OwnershipControls' },
  publicAccessBlock: { '*': 'PublicAccessBlock' },
  'object-lock': { '*': 'ObjectLockConfiguration' },
  'intelligent-tiering': { '*': 'IntelligentTieringConfiguration' },
  session: { GET: 'CreateSession' },
};

const VERBS: Readonly<Record<string, string>> = {
  GET: 'Get',
  HEAD: 'Head',
  PUT: 'Put',
  DELETE: 'Delete',
  POST: 'Post',
};

/** The name of the operation that a request asks for, as the S3 API Reference has it. */
export function operationName(
  method: string,
  { bucket, key }: Target,
  query: URLSearchParams,
  isCopy: boolean,
): string {
  const verb = VERBS[method] ?? method;
  const level = key === undefined ? 'Bucket' : 'Object';
  for (const [parameter, names] of Object.entries(SUB_RESOURCES)) {
    if (!query.has(parameter)) continue;
    const name = names[method];
    if (name !== undefined) return isCopy && name === 'UploadPart' ? 'UploadPartCopy' : name;
    return `${verb}${level}${names['*'] ?? ` with ?${parameter}`}`;
  }
  if (bucket === undefined) return method === 'GET' ? 'ListBuckets' : `${verb} on the account`;
  if (key === undefined) {
    if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
    return method === 'PUT' ? 'CreateBucket' : `${verb}Bucket`;
  }
  if (method === 'PUT' && isCopy) return 'CopyObject';
  return `${verb}Object`;
}
