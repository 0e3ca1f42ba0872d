// What Gradio gives a script of the page: its element, the props Python sets, and a way to tell Python something.

export interface Host<Props> {
  element: HTMLElement;
  props: Props;
  trigger: (event: string, payload?: unknown) => void;
  watch: (prop: keyof Props & string, then: () => void) => void;
}

/** A prop as plain data; Gradio's own objects tell themselves apart from copies. */
export function plain<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
