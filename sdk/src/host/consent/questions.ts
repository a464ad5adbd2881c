/** What a host's author has the person asked, beside who may do what. */

/** One value that a capability's scope may take, as a person reads it. */
export interface Choice {
  readonly label: string;
  /** Fits the capability's `scope` schema. */
  readonly value: unknown;
}

/** A question about one call. */
export interface Confirmation {
  readonly title: string;
  readonly message?: string;
  /** Lines of facts: label and value. */
  readonly details?: readonly { readonly label: string; readonly value: string }[];
}
