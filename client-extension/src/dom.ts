/** The element that a selector finds, of the type that the page's HTML gives it. */
export const part = <T extends Element>(root: ParentNode, selector: string, type: new () => T): T => {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`board.html has no ${selector}`);
  return found;
};

/** A new copy of the one element in a template. */
export const stamp = (id: string): HTMLElement => {
  const { content } = part(document, `#${id}`, HTMLTemplateElement);
  return part(document.importNode(content, true), '*', HTMLElement);
};

/** Makes these the children, and moves no more of them than it must: a moved element loses the focus. */
export const setChildren = (parent: Element, children: readonly Element[]): void => {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let place = parent.firstElementChild;
  for (const child of children) {
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
};

/** Writes only what differs, so that screen readers and selections are left in peace. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};
