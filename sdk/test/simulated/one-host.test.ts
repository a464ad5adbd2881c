import { oneHostSuite } from '../browser/one-host-suite.js';
import { describeInSimulatedBrowsers } from '../browser/support/anywhere/describe-anywhere.js';

describeInSimulatedBrowsers(oneHostSuite);
