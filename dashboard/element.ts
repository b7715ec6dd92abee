export interface ElementOptions {
  readonly class?: string;
  readonly text?: string;
  /** `data-testid`: where tests and tools find the element. */
  readonly testId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Makes an element. Text is set as text: what a device sends can never become markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (options.class !== undefined) made.className = options.class;
  if (options.text !== undefined) made.textContent = options.text;
  if (options.testId !== undefined) made.dataset['testid'] = options.testId;
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element of index.html with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no element with the id "${id}"`);
  return found;
}

/** Sets text only where it changes: the page is written to four times a second and mostly stays the same. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
