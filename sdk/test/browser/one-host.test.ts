import { oneHostSuite } from './one-host-suite.js';
import { describeInRealBrowsers } from './support/anywhere/describe-anywhere.js';

describeInRealBrowsers(oneHostSuite);
