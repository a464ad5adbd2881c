/**
 * Where the story plays. Nothing here runs.
 *
 * @typedef {object} Stage
 * @property {'chromium' | 'firefox'} browser Whose form ids have there.
 * @property {(code: string) => Promise<any>} client
 *   Runs the body of an async function in the client, with `tabs` (its connection) at hand; gives plain data.
 * @property {(hostId: string | undefined, port?: string, capability?: string) => Promise<{ code: string, message: string } | 'admitted' | 'pending'>} stranger
 *   What a third extension is told that connects to the host, or to another id.
 * @property {(title: string) => Promise<void>} openTab Opens a local page with this title in front.
 * @property {() => readonly string[]} hostLog What the host has logged so far.
 * @property {() => Promise<boolean>} stopHost Stops the host's background, as the browser does after 30 idle seconds.
 * @property {() => Promise<void>} close
 */
export {};
