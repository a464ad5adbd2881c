/**
 * Types shared by the browser harness. Nothing here runs.
 *
 * @typedef {import('puppeteer-core').Browser} PuppeteerBrowser
 * @typedef {import('puppeteer-core').Page} Page
 *
 * @typedef {'chromium' | 'firefox'} BrowserName
 *
 * @typedef {object} FoundBrowser
 * @property {BrowserName} name The engine: how the browser is driven.
 * @property {string} path Absolute path of its executable.
 * @property {string} version Such as `156.0.8078.79`, or `''` where it could not be told.
 * @property {string} product Such as `Chromium`, `Google Chrome`, `Microsoft Edge`, `Mozilla Firefox`.
 *
 * @typedef {object} LoadedExtension
 * @property {string} dir Absolute directory that it was loaded from.
 * @property {string} id Extension id, as `runtime.id` gives it.
 * @property {string} origin `chrome-extension://<id>` or `moz-extension://<uuid>`.
 *
 * @typedef {number | string | LoadedExtension} ExtensionRef
 *   An extension by its order in `extensions`, its directory, its id, or itself.
 *
 * @typedef {object} ConsoleEntry
 * @property {string} extension Id of the extension whose code wrote it.
 * @property {string | null} level `log`, `warn`, `error`, …; always null in Chromium, which does not tell.
 * @property {string} text All arguments, joined by a space.
 * @property {string} source Address of the script that wrote it.
 * @property {number} line Its line, or 0.
 *
 * @typedef {object} LaunchOptions
 * @property {readonly string[]} [extensions] Directories of unpacked extensions, installed in this order.
 * @property {boolean} [headless] Default: headless unless there is a display.
 * @property {readonly string[]} [args] More command-line arguments.
 * @property {Readonly<Record<string, string | number | boolean>>} [prefs] More preferences (Firefox only).
 * @property {boolean} [waitForBackgrounds] Wait until each background has started once. Default: true.
 * @property {number} [timeout] Milliseconds for each single step of starting. Default: 240,000, which a busy machine may need.
 *
 * @typedef {object} Session
 * @property {BrowserName} name
 * @property {string} version
 * @property {string} product
 * @property {PuppeteerBrowser} browser Puppeteer's own object, for all that is not covered here.
 * @property {readonly LoadedExtension[]} extensions In the order of installation; uninstalled ones leave it.
 * @property {readonly string[]} extensionIds Ids of `extensions`.
 * @property {string} home The HOME directory that the browser was given; removed by `close()`.
 * @property {(ref: ExtensionRef) => LoadedExtension} extension
 * @property {(url: string) => Promise<Page>} openPage Opens a web page in a new tab.
 * @property {(ref: ExtensionRef, path: string) => Promise<Page>} openExtensionPage
 *   Opens a page of the extension in a new tab. `page.url()` is wrong in Firefox: evaluate `location.href`.
 * @property {(ref: ExtensionRef) => Promise<boolean>} isBackgroundRunning Looks without waking it.
 * @property {(ref: ExtensionRef) => Promise<boolean>} stopBackground
 *   Stops it as idling does and waits until it has stopped; false if it was not running.
 * @property {(ref: ExtensionRef) => readonly ConsoleEntry[]} backgroundLog
 *   What the extension's code has written so far: its background and its other scripts, told apart by `source`.
 * @property {(listener: (entry: ConsoleEntry) => void) => () => void} onConsole Returns a function that ends it.
 * @property {(dir: string) => Promise<LoadedExtension>} install Installs, or updates in place what came from `dir`.
 * @property {(ref: ExtensionRef) => Promise<void>} uninstall
 * @property {(ref: ExtensionRef) => Promise<void>} disable Closes its pages as well.
 * @property {(ref: ExtensionRef) => Promise<void>} enable
 * @property {() => Promise<void>} close Ends the browser and removes its profile. May be called again.
 *
 * @typedef {object} Driver What one kind of browser has to provide.
 * @property {PuppeteerBrowser} browser
 * @property {(dir: string) => Promise<LoadedExtension>} install
 * @property {(extension: LoadedExtension) => Promise<void>} uninstall
 * @property {(extension: LoadedExtension, enabled: boolean) => Promise<void>} setEnabled
 * @property {(extension: LoadedExtension) => Promise<boolean>} hasStarted Whether its script has run.
 * @property {(extension: LoadedExtension) => Promise<boolean>} isRunning
 * @property {(extension: LoadedExtension) => Promise<void>} stop
 * @property {(page: Page, url: string) => Promise<void>} navigate Goes to an extension page.
 *
 * @typedef {object} DriverOptions
 * @property {string} executablePath
 * @property {string} profile
 * @property {boolean} headless
 * @property {readonly string[]} args
 * @property {Readonly<Record<string, string | number | boolean>>} prefs
 * @property {number} timeout
 * @property {Record<string, string | undefined>} env
 * @property {AbortSignal} signal Ends a start that is under way.
 * @property {readonly string[]} extensions
 * @property {(entry: ConsoleEntry) => void} onConsole
 */

export {};
