import { invalid } from '../errors.ts';
import { compileJsonPath } from './json-path.ts';
import { compileTransformer, type InputTransformer, type RenderInput } from './transformer.ts';

/** What of a target says which input it is given. */
export interface TargetInput {
  readonly Id: string;
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?: InputTransformer | undefined;
}

/**
 * Compiles what a target is given of an event: all of it, a constant, a part, or what a template makes of it.
 *
 * @throws AwsApiError ValidationException for more than one of them, or one that cannot be.
 */
export function compileInput(target: TargetInput): RenderInput {
  const { Id, Input, InputPath, InputTransformer } = target;
  if ([Input, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  if (Input !== undefined) {
    requireJson(Input, Id);
    return () => Input;
  }
  if (InputPath !== undefined) {
    const path = compileJsonPath(InputPath);
    if (path === undefined) {
      throw invalid(
        `Parameter InputPath of target ${Id} is not valid: "${InputPath.slice(0, 100)}" is not a path of one value, such as $.detail.`,
      );
    }
    return (event) => JSON.stringify(path(event) ?? null);
  }
  if (InputTransformer !== undefined) return compileTransformer(InputTransformer, Id);
  return (event) => JSON.stringify(event);
}

function requireJson(text: string, targetId: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw invalid(`JSON syntax error in input for target ${targetId} : ${text.slice(0, 100)}.`);
  }
}
