/** What the button of an extension shows. */
export class ActionState {
  badge = '';
  badgeColor = '';
  title = '';
  popup: string | undefined;
  enabled = true;
}
