import { z } from 'zod';

/** An input transformer as events of functions write it; it becomes one by the names of the API. */
export const inputTransformer = z
  .strictObject({
    inputTemplate: z.string(),
    inputPathsMap: z.record(z.string(), z.string()).optional(),
  })
  .transform(({ inputTemplate, inputPathsMap }) => ({
    InputTemplate: inputTemplate,
    ...(inputPathsMap === undefined ? {} : { InputPathsMap: inputPathsMap }),
  }));
