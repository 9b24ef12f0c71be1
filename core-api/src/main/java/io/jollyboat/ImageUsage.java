package io.jollyboat;

/**
 * What an image occupies. Immutable.
 *
 * @param shared bytes of layers, unpacked and as they were received, that other images have too
 * @param unique bytes of those that no other image has; steps of the image's own build count as it
 * @param inUse whether a container uses it
 */
public record ImageUsage(StoredImage image, Size shared, Size unique, boolean inUse) {}
