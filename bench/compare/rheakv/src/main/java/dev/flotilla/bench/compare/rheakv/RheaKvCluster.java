package dev.flotilla.bench.compare.rheakv;

import com.alipay.sofa.jraft.rhea.options.PlacementDriverOptions;
import com.alipay.sofa.jraft.rhea.options.RegionRouteTableOptions;
import com.alipay.sofa.jraft.rhea.options.RheaKVStoreOptions;
import com.alipay.sofa.jraft.rhea.util.Lists;

/**
 * What servers and clients must say alike: one region of three replicas, without a placement
 * driver.
 */
final class RheaKvCluster {

  private static final String NAME = "compare";
  private static final long DEFAULT_REGION = -1;

  private RheaKvCluster() {}

  /**
   * @param servers all of them, with commas between
   */
  static RheaKVStoreOptions options(String servers) {
    RegionRouteTableOptions region = new RegionRouteTableOptions();
    region.setRegionId(DEFAULT_REGION);
    region.setInitialServerList(servers);
    PlacementDriverOptions placement = new PlacementDriverOptions();
    placement.setFake(true);
    placement.setRegionRouteTableOptionsList(Lists.newArrayList(region));
    placement.setInitialServerList(servers);
    RheaKVStoreOptions options = new RheaKVStoreOptions();
    options.setClusterName(NAME);
    options.setInitialServerList(servers);
    options.setPlacementDriverOptions(placement);
    return options;
  }
}
