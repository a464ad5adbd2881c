import { describeInSimulatedBrowsers } from '../browser/support/anywhere/describe-anywhere.js';
import { walletSuite } from '../browser/wallet-suite.js';

describeInSimulatedBrowsers(walletSuite);
