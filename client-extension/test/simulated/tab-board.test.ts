import { describeInSimulatedBrowsers } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import { tabBoardSuite } from '../browser/tab-board-suite.js';

describeInSimulatedBrowsers(tabBoardSuite);
