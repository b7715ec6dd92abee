import type { ServiceHandler } from '../../endpoint/service.ts';
import { AwsApiError } from '../../errors.ts';
import { type Bindings, loadBindings } from './bindings.ts';
import type { BoundOperations } from './operation.ts';
import { readRequest } from './read-request.ts';
import { RouteTable } from './route-table.ts';
import type { Throttle } from './throttle.ts';

export interface IotHandlerOptions {
  /** The operations that are served. A name may be in one of them only. */
  readonly operations: readonly BoundOperations[];
  /** Asked before every operation. @default lets everything through */
  readonly throttle?: Throttle;
  /** @default those of AWS's model */
  readonly bindings?: Bindings;
}

/**
 * Answers AWS IoT's control plane: REST with JSON, each operation where the bindings say. What the model has and
 * is not served answers 501 by its name.
 *
 * @throws RangeError for an operation that is given twice or that cannot be served for want of a binding.
 */
export function createIotHandler(options: IotHandlerOptions): ServiceHandler {
  const { throttle, bindings = loadBindings() } = options;
  const { structures } = bindings;
  const routes = new RouteTable(bindings.operations.values());
  const operations = join(options.operations, bindings);

  return async (request, response) => {
    const { method, path, accessKeyId, region, requestId } = request;
    const route = routes.find(method, path);
    if (route === undefined) {
      throw new AwsApiError(
        404,
        'UnknownOperationException',
        `AWS IoT has no operation at ${method} ${path}.`,
      );
    }
    const { name, shape } = route.binding;
    const operation = operations.get(name);
    if (operation === undefined || shape === undefined) {
      throw new AwsApiError(
        501,
        'UnsupportedOperationException',
        `${name} of AWS IoT is not served here. \`npx glasshouse operations\` lists what is.`,
        { operation: name },
      );
    }
    throttle?.(name);
    const input = readRequest(request, route.labels, shape, structures);
    const output = await operation(input, { accessKeyId, region, requestId });
    const body = renderOutput(output);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  };
}

/** An answer's body: undefined members are left out, dates are seconds since the epoch. */
export function renderOutput(output: unknown): string {
  return JSON.stringify(output, function (this: unknown, key, value: unknown) {
    // A date has turned itself into a text by now; what holds it still has it as it was.
    const original: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : value;
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
}

function join(groups: readonly BoundOperations[], bindings: Bindings): BoundOperations {
  const all = new Map(groups.flatMap((group) => [...group]));
  if (all.size < groups.reduce((sum, { size }) => sum + size, 0)) {
    const names = groups.flatMap((group) => [...group.keys()]);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    throw new RangeError(`operations are given twice: ${twice.join(', ')}`);
  }
  const unbound = [...all.keys()].filter((name) => bindings.operations.get(name)?.shape === undefined);
  if (unbound.length > 0) throw new RangeError(`operations have no binding: ${unbound.join(', ')}`);
  return all;
}
