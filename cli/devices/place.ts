import { errorText, GlasshouseError } from '../../shared/errors.ts';
import type { Arguments } from '../arguments.ts';
import type { OptionTable } from '../command.ts';
import { CommandError } from '../errors.ts';
import { findRunning } from '../../local/running.ts';
import { cloudFolder, requireRunningCloud } from '../running-cloud.ts';
import type { Terminal } from '../terminal.ts';

/** Where AWS is for a command: on AWS itself, or in a cloud such as this one. */
export interface AwsPlace {
  /** Undefined: AWS, with the default credentials. */
  readonly endpointUrl: string | undefined;
  /** Undefined: what AWS_REGION and the profile say. */
  readonly region: string | undefined;
  /** What `Ref` gives for the resources of the template, by logical id; none are known of other clouds. */
  readonly resources: Readonly<Record<string, string>>;
}

/** The option of commands that work on AWS too. */
export const awsOption: OptionTable = {
  aws: {
    type: 'boolean',
    help: 'works on AWS, with the default credentials, in place of the running cloud',
  },
};

/**
 * With `--aws` AWS, else the endpoint that AWS_ENDPOINT_URL names, else the cloud that runs in this folder. Its
 * resources are known too where AWS_ENDPOINT_URL names it.
 *
 * @throws CommandError NO_CLOUD
 */
export function findAwsPlace(args: Arguments, terminal: Pick<Terminal, 'env' | 'cwd'>): AwsPlace {
  if (args.flag('aws')) return { endpointUrl: undefined, region: undefined, resources: {} };
  const endpointUrl = terminal.env['AWS_ENDPOINT_URL'];
  if (endpointUrl === undefined || endpointUrl === '') return requireRunningCloud(terminal);
  const running = findRunning(cloudFolder(terminal));
  if (running !== undefined && isSameHost(endpointUrl, running.endpointUrl)) return running;
  return { endpointUrl, region: terminal.env['AWS_REGION'] || 'eu-west-1', resources: {} };
}

function isSameHost(one: string, other: string): boolean {
  const host = (url: string): string | undefined =>
    URL.parse(url)?.host.replace(/^localhost(?=:|$)/, '127.0.0.1');
  return host(one) !== undefined && host(one) === host(other);
}

/** What the clients of the SDK are made with. */
export function sdkConfig({ endpointUrl, region }: AwsPlace) {
  return {
    // The registry of AWS IoT takes 10 to 15 calls a second: throttling is the rule for many devices.
    maxAttempts: 8,
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined
      ? {}
      : { endpoint: endpointUrl, credentials: { accessKeyId: 'glasshouse', secretAccessKey: 'glasshouse' } }),
  };
}

/**
 * The name of a resource: what the option says, or what the template of the running cloud calls it.
 *
 * @throws UsageError when neither is known
 */
export function requireName(args: Arguments, place: AwsPlace, option: string, logicalId: string): string {
  const name = args.text(option) ?? place.resources[logicalId];
  if (name !== undefined) return name;
  throw args.wrong(`--${option} has to be given: no ${logicalId} of a running cloud's template is known`);
}

/**
 * Turns what the SDK throws, and what the network does, into a line that says what to do. Anything else, such as the
 * command's own refusals and what a file system says, is what it was.
 */
export function describeAwsFailure(error: unknown, { endpointUrl }: AwsPlace): unknown {
  if (isRegionMissing(error)) return new CommandError('NO_REGION', NO_REGION, { cause: error });
  if (!(error instanceof Error) || !isOfSdk(error)) return error;
  const where = endpointUrl === undefined ? 'AWS' : `the cloud at ${endpointUrl}`;
  const why =
    error.name === 'CredentialsProviderError'
      ? `there are no credentials: sign in, or set AWS_PROFILE (${errorText(error)})`
      : `${error.name}: ${errorText(error)}`;
  return new CommandError('AWS_REFUSED', `${where} could not be asked: ${why}`, { cause: error });
}

/** What there is to do where no region is known. */
export const NO_REGION =
  'no region is known for AWS: set AWS_REGION, such as AWS_REGION=eu-west-1, or the region of the profile';

/** Whether the SDK cannot go on because nobody has named a region: it throws a plain error for that. */
export function isRegionMissing(error: unknown): boolean {
  return error instanceof Error && error.message === 'Region is missing';
}

/** What sockets, names of hosts and TLS end with; a file system has other codes, and `mkdir` has `EEXIST`. */
const OF_NETWORK =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_[A-Z]+|E(?:HOST|NET)UNREACH|EADDRNOTAVAIL|EPROTO|ERR_(?:SSL|TLS)_\w+|CERT_\w+|UNABLE_TO_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+)$/;

function isOfSdk(error: Error): boolean {
  if (error instanceof GlasshouseError) return false;
  if ('$metadata' in error || error.name === 'CredentialsProviderError') return true;
  return 'code' in error && typeof error.code === 'string' && OF_NETWORK.test(error.code);
}
